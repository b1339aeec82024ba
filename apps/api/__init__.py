"""接口 (api): DRF over the same services; explicit serializers, one per audience."""
