from torch.nn import functional
import numpy as np
import os
