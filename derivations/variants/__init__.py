"""False variants of the claims, as data; the kernel must refuse each, and the exact check must refute it."""
