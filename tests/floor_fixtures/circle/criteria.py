import dlbook_lib.layers
