from dlbook_lib import criteria
