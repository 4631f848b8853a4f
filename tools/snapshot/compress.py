"""Runs in the project's environment: ``compress.py LEVEL SOURCE TARGET`` writes a Zstandard frame."""

import sys
from pathlib import Path

import zstandard

level, source, target = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
# A large window, because the lab's memory has many repetitions far apart. A checksum, to notice a damaged file.
settings = zstandard.ZstdCompressionParameters.from_level(level, window_log=25, write_checksum=True)
target.write_bytes(zstandard.ZstdCompressor(compression_params=settings).compress(source.read_bytes()))
