"""autograd's trace compiled to WebAssembly SIMD: trace → plan → module → machine. Knows no neural networks."""
