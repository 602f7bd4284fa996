"""Questions put to a policy: data read, models loaded, replies generated in batches."""
