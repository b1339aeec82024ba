"""Every act of the demo in one object, in the order of the work."""

from __future__ import annotations

from suzhou_greenfactory.demo.city_acts import CityActs
from suzhou_greenfactory.demo.district_acts import DistrictActs
from suzhou_greenfactory.demo.enterprise_acts import EnterpriseActs


class Acts(EnterpriseActs, DistrictActs, CityActs):
    """What enterprises, districts, the city and the experts do."""
