"""``python -m symmetry``."""

from symmetry.cli import main

raise SystemExit(main())
