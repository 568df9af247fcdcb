# make gallery   a virtual environment, the videos, figures, stills and the site: gallery/_site
# make test      everything that is checked, with what the checks need
# Both work on a fresh Debian or Ubuntu machine with Python 3.11 or later.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
JOBS   ?= $(shell nproc 2>/dev/null || echo 1)
VENDOR := build/vendor
PLOTLY_JS := plotly.js-cartesian-dist-min@4.1.1
AXE       := axe-core@4.14.1

# One thread a process: the pool of scenes and the tests already use every core.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1

.PHONY: gallery test fast lint setup setup-test bench-render clean

gallery: setup
	$(BIN)/vizdl gallery build --jobs $(JOBS)
	@echo "Open gallery/_site/index.html, or: $(BIN)/vizdl gallery serve"

test: setup-test lint
	$(BIN)/pytest -m "not slow" -n $(JOBS)
	$(BIN)/pytest -m slow -n $(JOBS) --dist loadgroup

fast: setup-test
	$(BIN)/pytest -m "not slow" -n $(JOBS)

lint: setup-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# An hour or more on two cores: the whole course at 1080p60, by plain Manim and by vizdl, in turn.
bench-render: setup-test
	$(BIN)/python benchmarks/frames.py
	$(BIN)/python benchmarks/encoding.py
	$(BIN)/python benchmarks/render.py

setup: $(VENV)/.installed $(VENDOR)/plotly-cartesian.min.js
setup-test: $(VENV)/.installed-test $(VENDOR)/plotly-cartesian.min.js $(VENDOR)/axe.min.js build/.browser

$(VENV)/.installed: pyproject.toml | build/.headers
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[animate]'
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

# System packages come in where we may install them; elsewhere we say what to install.
build/.headers:
	@mkdir -p build
	@pkg-config --exists cairo pangocairo 2>/dev/null && command -v cc >/dev/null && $(PYTHON) scripts/has-headers || \
	  scripts/apt-install gcc python3-dev python3-venv libcairo2-dev libpango1.0-dev pkg-config
	@touch $@

build/.browser:
	@mkdir -p build
	@command -v chromium >/dev/null || scripts/apt-install chromium
	@touch $@

# Third-party scripts come from their registry; without npm the pages use plotly.py's own copy.
$(VENDOR)/plotly-cartesian.min.js:
	@mkdir -p $(VENDOR)
	@scripts/npm-file $(PLOTLY_JS) plotly-cartesian.min.js $@ || \
	  echo "no npm here: pages will carry the larger plotly.js that ships with plotly.py"
	@touch -c $@

$(VENDOR)/axe.min.js:
	@mkdir -p $(VENDOR)
	@command -v npm >/dev/null || scripts/apt-install npm
	@scripts/npm-file $(AXE) axe.min.js $@

clean:
	rm -rf build gallery/_site videos $(VENV)
