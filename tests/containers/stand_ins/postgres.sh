# As the official image begins: a first server at the socket alone creates the database and ends, then the real one starts.
set -eu
data=/var/lib/postgresql/data
mkdir -p /run/postgresql
chown postgres:postgres /run/postgresql
if [ ! -s "$data/PG_VERSION" ]; then
  mkdir -p "$data"
  chown -R postgres:postgres /var/lib/postgresql
  gosu postgres initdb -D "$data" -U postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 \
    --auth-local=trust --locale=C.UTF-8 $POSTGRES_INITDB_ARGS
  echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
  gosu postgres pg_ctl -D "$data" -o "-c listen_addresses='' -k /run/postgresql" -w start
  gosu postgres createdb -h /run/postgresql -U postgres "$POSTGRES_DB"
  sleep 5 # long enough for whoever takes this one for the real one
  gosu postgres pg_ctl -D "$data" -m fast -w stop
fi
exec gosu postgres "$@" -D "$data" -c "listen_addresses=*"
