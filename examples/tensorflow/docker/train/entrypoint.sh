#!/bin/sh
# `--gpu` sets CPU_GPU_ENV=/gpu-env; without it the CPU's environment is the one in use.
export VIRTUAL_ENV="${CPU_GPU_ENV:-/cpu-env}"
export PATH="$VIRTUAL_ENV/bin:$PATH"
exec "$@"
