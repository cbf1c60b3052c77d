"""The program of the reference platform: settings in, blueprints, typed outputs out. No code per environment.

Each part takes what it stands on from its sibling in this stack, or from the stack that holds it. A group of settings
is there where the stack holds its blueprint, and the name of a stack where something needs it: the settings would not
have passed otherwise.
"""

import pulumi_aws as aws

from stacks.blueprints.data import build_database, build_features
from stacks.blueprints.edge import build_admission, build_fleet
from stacks.blueprints.foundation import build_foundation
from stacks.blueprints.resilience import build_recovery
from stacks.blueprints.runtime import build_cluster, build_services
from stacks.blueprints.secrets import build_secrets
from stacks.exports import (
    export_data,
    export_edge,
    export_foundation,
    export_resilience,
    export_runtime,
    export_secrets,
    take_foundation,
    take_runtime,
)
from stacks.settings import StackSettings

settings = StackSettings.from_config()
provider = aws.Provider("aws", region=settings.region, allowed_account_ids=[settings.account_id])

if settings.network is not None:
    foundation = build_foundation(settings, settings.network, provider)
    export_foundation(foundation)
    network, baseline = foundation.network.reference, foundation.baseline.reference
elif settings.foundation_stack is not None:
    network, baseline = take_foundation(settings.foundation_stack)

cluster_here = None
if settings.vault is not None:
    cluster_here = build_cluster(settings, network, baseline, provider)
    cluster = cluster_here.reference
elif settings.runtime_stack is not None:
    cluster, servers = take_runtime(settings.runtime_stack)

database, admission = None, None
if settings.data is not None:
    database = build_database(settings, settings.data.database, network, baseline, cluster, provider)
if settings.edge is not None:
    admission = build_admission(settings, settings.edge, network, baseline, provider)

copies = None  # what is copied by itself needs a place first
if settings.resilience is not None:
    recovery = build_recovery(settings, settings.resilience, database, admission, baseline, provider)
    export_resilience(recovery)
    copies = recovery.reference

if settings.vault is not None and cluster_here is not None:
    services = build_services(settings, settings.vault, cluster_here, baseline, copies, provider)
    export_runtime(cluster_here, services)
    servers = services.vault.reference

if settings.secrets is not None:
    export_secrets(build_secrets(settings, settings.secrets, servers))

if settings.data is not None and database is not None:
    features = build_features(settings, settings.data.features, network, baseline, copies, provider)
    export_data(database, features)

if settings.edge is not None:
    export_edge(build_fleet(settings, settings.edge, baseline, admission, copies, provider))
