"""URLs of the expert's portal; paths agree with the links of `notifications.catalogue`."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.core.actor import Role
from apps.portals.base import desk_routes, files
from apps.portals.expert import availability, desk, home, links, panel, tasks, visits

app_name = "expert"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("reviews/<str:public_id>/", tasks.task, name="review"),
    path("reviews/<str:public_id>/declare/", tasks.declare, name="declare"),
    path("reviews/<str:public_id>/recuse/", tasks.recuse, name="recuse"),
    path("reviews/<str:public_id>/submit/", tasks.submit, name="submit"),
    path("reviews/<str:public_id>/material/", tasks.material, name="material"),
    *desk_routes.routes(Role.EXPERT, "reviews/<str:public_id>/", desk.PAGES),
    path("reviews/<str:public_id>/panel/", panel.page_of, name="panel"),
    path("reviews/<str:public_id>/panel/draft/", panel.draft, name="panel_draft"),
    path("reviews/<str:public_id>/panel/sign/", panel.sign, name="panel_sign"),
    path("reviews/<str:public_id>/panel/conclude/", panel.conclude, name="panel_conclude"),
    path("reviews/<str:public_id>/panel/visit/", visits.new, name="panel_visit"),
    path("reviews/<str:public_id>/site-visit/", visits.ask, name="ask_visit"),
    path("visits/<str:public_id>/", visits.file, name="site_visit"),
    path("visits/<str:public_id>/sign/", visits.sign, name="sign_visit"),
    path("visits/<str:public_id>/photos/", visits.photo, name="visit_photo"),
    path("availability/", availability.own, name="availability"),
    path("availability/<str:public_id>/withdraw/", availability.withdraw, name="withdraw_absence"),
    *files.routes(Role.EXPERT, "evidence/"),
    path("links/", links.own, name="links"),
    path("links/<int:link>/end/", links.end, name="end_link"),
    path("links/employer/", links.employer, name="employer"),
]
