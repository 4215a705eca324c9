"""Every address of the house."""

app_name = "operations"
urlpatterns: list = []
