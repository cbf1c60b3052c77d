"""The policy engine: rule records, verdicts, evaluation, packs, waivers, servers. Modules are imported one by one."""
