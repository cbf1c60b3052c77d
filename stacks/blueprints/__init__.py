"""The blueprints: each composes components into one part of the platform, from settings and references alone."""
