"""Runs in the project's environment: ``compress.py LEVEL SOURCE TARGET`` writes a Zstandard frame."""

import sys
from pathlib import Path

import zstandard

level, source, target = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
# Far repetitions count too: the lab's memory is full of them. By the checksum a damaged file is noticed.
settings = zstandard.ZstdCompressionParameters.from_level(level, window_log=25, write_checksum=True)
target.write_bytes(zstandard.ZstdCompressor(compression_params=settings).compress(source.read_bytes()))
