from dlbook_lib.network import MLP
