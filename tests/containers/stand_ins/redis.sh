set -eu
chown redis:redis /data
cd /data
exec gosu redis "$@" --bind 0.0.0.0 --protected-mode no
