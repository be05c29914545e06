#!/bin/sh
# Makes the secrets of compose.yaml that can be made here, as files in deploy/secrets, and gives each to the user that reads it (as root).
# What is there stays as it is. Says what is yours to add, and exits with 1 until that is there too.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/secrets" "$here/logs"
cd "$here/secrets"

# Bytes of randomness as text: `random hex 32`. Its own failure ends the script, which that of a part of a pipe would not.
random() {
  value=$(openssl rand "-$1" "$2" | tr -d '\n')
  [ ${#value} -ge "$2" ] || {
    echo 'openssl gives no random bytes: nothing was made of them' >&2
    exit 1
  }
}
# Letters, digits, - and _: it stands in addresses as well.
word() {
  random base64 33
  value=$(printf '%s' "$value" | tr '+/' '-_')
}
# The second argument becomes the file of the first, unless there is one.
once() {
  [ -s "$1" ] || printf '%s' "$2" >"$1"
}

random base64 96 && once jwt_secret "$value"
for name in password_pepper audit_enc_key pseudonym_key; do random base64 32 && once "$name" "$value"; done
random hex 32 && once webhook_gateway_secret "$value"
random hex 32 && once metrics_token "$value"
once prometheus_metrics_token "$(cat metrics_token)"
for name in admin_pass grafana_password database_owner_password; do word && once "$name" "$value"; done
word && once redis_password "requirepass $value"
once redis_url "redis://:$(sed 's/^requirepass //' redis_password)@172.30.2.20:6379"
word && once database_url "postgresql://velro_app:$value@postgres:5432/velro?sslmode=verify-full"
once database_migration_url "postgresql://velro_owner:$(cat database_owner_password)@postgres:5432/velro?sslmode=verify-full"

# An authority for one certificate: its key is thrown away, so nobody signs another. After ten years, or to renew, remove the three files.
if [ ! -s database_certificate ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  curve='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  printf 'subjectAltName=DNS:postgres\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n' >"$scratch/server"
  # shellcheck disable=SC2086
  openssl req -x509 $curve -days 3650 -subj '/CN=Database of Velro' -keyout "$scratch/key" -out database_ca 2>/dev/null
  # shellcheck disable=SC2086
  openssl req -new $curve -subj /CN=postgres -keyout database_key -out "$scratch/request" 2>/dev/null
  openssl x509 -req -in "$scratch/request" -CA database_ca -CAkey "$scratch/key" -CAcreateserial -CAserial "$scratch/serial" \
    -extfile "$scratch/server" -days 3650 -out database_certificate 2>/dev/null
fi

# The users of compose.yaml.
reader() {
  case $1 in
    tls_*) echo 101 ;;
    database_certificate | database_key | database_owner_password | redis_password) echo 999 ;;
    prometheus_metrics_token) echo 65534 ;;
    grafana_password) echo 472 ;;
    *) echo 1000 ;;
  esac
}
missing=
for name in tls_certificate tls_key supabase_publishable_key supabase_secret_key fal_key gemini_api_key; do
  [ -s "$name" ] || missing="$missing $name"
done
for file in *; do
  chmod 0400 "$file"
  [ "$(id -u)" != 0 ] || chown "$(reader "$file"):$(reader "$file")" "$file"
done
chmod 0750 "$here/logs"
# The folder itself is passed through by Docker alone; the log is read by the group.
[ "$(id -u)" != 0 ] || chown 1000:1000 "$here/logs"
[ "$(id -u)" = 0 ] || echo 'run this as root: the files have to belong to the users of the containers' >&2
[ -z "$missing" ] || {
  echo "yours to add, in $here/secrets, then run this again:$missing" >&2
  exit 1
}
echo "all secrets are in $here/secrets"
