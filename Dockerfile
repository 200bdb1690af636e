# One service's image: its binary, the libraries that it links, CA certificates and a user. No shell, no package
# manager. All services are compiled together and share every layer but the last one.
#
#   docker build --build-arg SERVICE=gateway --build-arg VERSION="$(scripts/images version)" .
#
# Any builder does, with or without BuildKit: dependencies are cached by layers, not by mounts.
ARG RUST_IMAGE=rust:1.95-slim-bookworm
ARG NODE_IMAGE=node:24-bookworm-slim

# The web client, which the gateway has inside.
FROM ${NODE_IMAGE} AS web
WORKDIR /chappe/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web .
RUN npm run build

FROM ${RUST_IMAGE} AS toolchain
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates cmake g++ jq libssl-dev make pkg-config zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /chappe

# The manifests with empty crates: this changes only when dependencies do, and with it the next stage.
FROM toolchain AS manifests
COPY . .
RUN mkdir /manifests \
 && find . -name Cargo.toml -exec cp --parents {} /manifests ';' \
 && cp Cargo.lock /manifests \
 && find . -name main.rs -o -name lib.rs | while read -r file; do \
      mkdir -p "/manifests/$(dirname "$file")" && echo 'fn main() {}' >"/manifests/$file"; \
    done

FROM toolchain AS dependencies
COPY --from=manifests /manifests .
RUN cargo build --release --locked --workspace --exclude e2e --exclude chappe

# Without the tests: the empty crate that stands for them is enough.
FROM dependencies AS build
COPY crates crates
COPY proto proto
COPY services services
COPY --from=web /chappe/web/dist web/dist
# Cargo goes by times, and the empty crates were built after these files were written.
RUN find crates proto services -name '*.rs' -exec touch {} + \
 && cargo build --release --locked --workspace --exclude e2e --exclude chappe

# Backtraces name functions without debug information, and the image is a fifth of the size.
FROM build AS assemble
COPY LICENSE .
COPY scripts scripts
ARG SERVICE
RUN test -n "$SERVICE" || { echo 'say which: --build-arg SERVICE=gateway' >&2; exit 1; }; \
    set -eu; \
    install -D "target/release/$SERVICE" "/image/usr/local/bin/$SERVICE"; \
    strip --strip-debug "/image/usr/local/bin/$SERVICE"; \
    ldd "target/release/$SERVICE" | grep -o '/[^ ]*' | sort -u | while read -r library; do \
      install -D --mode 644 "$(readlink -f "$library")" "/image$library"; \
    done; \
    chmod 755 "/image$(ldd "target/release/$SERVICE" | grep -o '/lib[^ ]*/ld-linux[^ ]*')"; \
    install -D --mode 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt; \
    install -D --mode 644 LICENSE "/image/usr/share/doc/chappe/LICENSE"; \
    echo 'chappe:x:65532:65532::/tmp:/sbin/nologin' >/image/etc/passwd; \
    echo 'chappe:x:65532:' >/image/etc/group; \
    echo 'hosts: files dns' >/image/etc/nsswitch.conf; \
    install --directory --mode 1777 /image/tmp; \
    install --directory /image/usr/share/sbom; \
    scripts/sbom "$SERVICE" >"/image/usr/share/sbom/$SERVICE.cdx.json"; \
    ln -s "/usr/local/bin/$SERVICE" /image/service

FROM scratch
ARG SERVICE
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="chappe-${SERVICE}" \
      org.opencontainers.image.description="Chappe, a self-hosted messenger: ${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      dev.chappe.sbom="/usr/share/sbom/${SERVICE}.cdx.json"
COPY --from=assemble /image /
USER 65532:65532
ENTRYPOINT ["/service"]
