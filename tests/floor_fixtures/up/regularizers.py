from . import chapter
