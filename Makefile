# Every target is one line; what it takes to do is in scripts/ and in Cargo.toml.
.DEFAULT_GOAL := help
.PHONY: help run web test test-cluster test-images dev bench bench-web lint charts images load kind-up deploy kind-down

help: ## this list
	@grep -hE '^[a-z-]+: .*## ' $(MAKEFILE_LIST) | awk -F ': .*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: ## the embedded Chappe on 127.0.0.1:8080, data in ./data, with four demo people
	@scripts/setup build && scripts/web build && cargo run --release --package chappe -- --demo

web: ## the web client's files, which the gateway has inside after the next compilation
	@scripts/setup build && scripts/web build

test: ## everything, on its own Postgres, Redis and Kafka (installed when missing, stopped at the end)
	@scripts/setup tests && scripts/web build && cargo build --workspace --all-targets && scripts/stack run scripts/test

test-cluster: ## what needs a Kubernetes, on the one of KUBECONFIG that has the images: operator, charts, updates under load
	@scripts/test-cluster

test-images: ## the services' images, on a Docker engine of its own where none runs; CLUSTER=... installs Chappe from them
	@scripts/test-images $(CLUSTER)

dev: ## the distributed Chappe: two of each service on local Postgres, Redis and Kafka; Ctrl-C stops all
	@scripts/setup stack && scripts/web build && cargo build --workspace --bins && CHAPPE_STACK_DIR=target/dev/stack scripts/stack run scripts/dev

bench: ## the figures: memory per connection, CPU per delivery, latencies, reconnect storm (release build)
	@scripts/setup stack && cargo build --release --workspace --bins && scripts/stack run cargo run --release --package e2e --bin load -- figures

bench-web: ## the web client's figures: first load, room switch, typing, frames under load, layout shift (release build)
	@scripts/setup browser && scripts/web build && cargo build --release --workspace --bins && scripts/web bench

lint: ## formatting, clippy, licences and advisories, unused dependencies, the .proto files, the web client's code
	@scripts/setup lint && scripts/lint

charts: ## the Helm charts: lint, snapshots, Kubernetes' schemas, alerts
	@scripts/charts check

images: ## the services' images, with docker, podman or buildah
	@scripts/images build

load: ## put the images into the kind cluster
	@scripts/images load

kind-up: ## a kind cluster with Postgres, Redis, Kafka, traces, metrics and a dashboard
	@scripts/kind up

deploy: ## build the images and install or upgrade Chappe in the kind cluster
	@scripts/kind deploy

kind-down: ## remove the kind cluster
	@scripts/kind down
