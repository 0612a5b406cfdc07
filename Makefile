# Every target makes what it needs: the virtual environment .venv is created
# and filled from constraints.txt once, and again only when the pins change.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
ONE_THREAD := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
PORT ?= 8000

.PHONY: help book test notebooks portability lab serve gpu-record clean

help:
	@echo "make book                build the site into _build/html"
	@echo "make test                run every check: library, book, site, notebooks"
	@echo "make notebooks [CH=02]   execute the chapters and store their outputs"
	@echo "make portability [CH=02] execute under other CPU kernels and compare"
	@echo "make lab                 open the chapters in JupyterLab"
	@echo "make serve               serve the built site on this machine"
	@echo "make gpu-record          run every chapter's checks on this machine's GPU"
	@echo "make clean               remove what was built (not .venv)"

$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This book needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Creating the virtual environment $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python could not create $(VENV). On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

define install
	@echo "Installing the pinned packages of [$(1)]: a minute or two, once ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check -e ".[$(1)]" -c constraints.txt || \
	  { echo "pip could not install the packages. Is there a network, and does it reach PyPI? The lines above say what failed."; exit 1; }
	@touch $@
endef

$(VENV)/book: $(VENV)/pip constraints.txt pyproject.toml
	$(call install,book)

# PyTorch comes in here, not with the book.
$(VENV)/test: $(VENV)/book constraints.txt pyproject.toml
	$(call install,book$(comma)test)

comma := ,

book: $(VENV)/book
	@echo "Building the site from the stored outputs (nothing is executed) ..."
	@$(VENV)/bin/jupyter-book build . --all -W -n --keep-going --quiet
	@echo "Done. Read it with: make serve"

# One pytest call: the tests, and every notebook executed and compared.
test: $(VENV)/test book
	@echo "Running the tests and re-executing every notebook ..."
	@$(ONE_THREAD) $(RUN) -m pytest -n 2 --dist loadfile --nbval \
	  --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg \
	  tests book

notebooks: $(VENV)/test
	@$(RUN) book/_tools/notebooks.py $(CH)

portability: $(VENV)/test
	@$(RUN) book/_tools/portability.py $(CH)

gpu-record: $(VENV)/test
	@$(RUN) book/_tools/gpu_record.py

lab: $(VENV)/test
	@cd book && ../$(VENV)/bin/jupyter lab

serve: book
	@echo "The book is at http://localhost:$(PORT)/book/index.html (Ctrl-C stops)"
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

clean:
	rm -rf _build dlbook_lib.egg-info
	find dlbook_lib book tests benchmarks experiments -name __pycache__ -prune -exec rm -rf {} +
