"""Boxes, points and jigsaws: coordinates read strictly and compared."""
