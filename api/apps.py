from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        # drf-spectacular knows its extensions by their having been imported
        from api import schema  # noqa: F401, PLC0415
