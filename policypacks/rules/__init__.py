"""The rules, a module for each catalogue file: ``rules/aws/s3.py`` holds the checks of ``checks/aws/s3.json``."""
