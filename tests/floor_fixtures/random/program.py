import random

import numpy as np

np.random.seed(random.randrange(9))
rng = np.random.default_rng(0)
