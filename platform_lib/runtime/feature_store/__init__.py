"""What a feature store runs in the cloud: it stands in the image as the package ``feature_store``.

Beside the standard library it uses boto3 and Feast, which it imports where it needs them: the rest is plain Python.
"""
