from pydantic import SecretStr
def env(settings):
    values = {name.upper(): getattr(settings, name) for name in settings.model_fields_set}
    return {name: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for name, v in values.items()}
