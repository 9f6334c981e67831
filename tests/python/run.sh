#!/bin/sh
# Runs the tests of the Python module with a python3 that has numpy.  Status 77: there is none.
#
#   run.sh LIBPITH.SO PITH
set -eu
folder=$(dirname "$0")
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import numpy' 2>/dev/null; then
        PYTHONDONTWRITEBYTECODE=1 exec "$python" "$folder/test_pith.py" "$1" "$2"
    fi
done
echo "skip  no python3 with numpy here (Debian: python3-numpy)"
exit 77
