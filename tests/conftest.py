"""Settings of all tests."""

from hypothesis import HealthCheck, settings

# The machines that run the tests are shared: time says nothing about the code.
settings.register_profile(
    "rewardkit", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("rewardkit")
