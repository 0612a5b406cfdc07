def late():
    from dlbook_lib import torch_twin
