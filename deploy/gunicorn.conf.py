"""gunicorn on a server; the demo gives its own options. WEB_CONCURRENCY: processes of four threads each."""  # noqa: INP001

import os

bind = "0.0.0.0:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 65
max_requests = 2000
max_requests_jitter = 200
worker_tmp_dir = "/dev/shm"  # noqa: S108  (a heartbeat file must never wait for a disk)
control_socket_disable = True
accesslog = "-"
# No query strings: they may hold what a person typed.
access_log_format = '%(t)s %(p)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
