# `make` alone lists the targets. A line "target: ## text" is a target of the list, "##@ text" a heading in it.
include versions.env
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CLUSTER_COMMAND := e2e/cluster/cluster

.PHONY: help
help:
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Maven and the program need a JDK 25 or newer: JAVA_HOME, else the newest of the usual places.
JAVA_HOME := $(shell e2e/tools/java-home)
export JAVA_HOME
# Warnings are shown, as they are errors, and nothing else.
MAVEN := mvn -B -ntp -Dorg.slf4j.simpleLogger.defaultLogLevel=warn

##@ Work

.PHONY: build check test generate check-drift quickstart quickstart-down chart-test e2e-test gitops-test ha bench bench-quick clean
build: ## build the program: operator/target/tocsin
	$(MAVEN) package -DskipTests
	install -m 755 operator/src/main/shell/tocsin operator/target/tocsin
	install -m 644 operator/src/main/shell/jvm.options operator/target/jvm.options

check: check-drift ## quick: formatting, static analysis, unit and golden tests, drift of generated files; before each commit
	$(MAVEN) spotless:check
	$(MAVEN) test -DexcludedGroups=integration

.PHONY: format
format: ## format the Java sources
	$(MAVEN) spotless:apply

test: ## everything: unit, golden, integration with real engines, end to end on a cluster
	e2e/test

generate: ## regenerate what is generated: CRDs, API reference, chart's CRDs, manifests
	$(MAVEN) -pl crds test -Dtest=GeneratedFilesTest -Dgenerate=true
	helm-chart/dev/generate

check-drift: ## fail when a generated file is not what its source says
	e2e/tools/build control-plane
	helm-chart/dev/generate --check

quickstart: ## a cluster, the chart, real metrics, a firing rule, a notification; the first time 20 minutes
	e2e/quickstart

quickstart-down: cluster-down ## remove the quickstart with its cluster

chart-test: image cluster-up ## the chart and the plain manifests on the cluster, which must not have a Tocsin
	$(CLUSTER_COMMAND) load-image target/images/*.tar
	e2e/chart-test

e2e-test: image cluster-up ## the end-to-end tests on the cluster, which must not have another Tocsin
	$(CLUSTER_COMMAND) load-image target/images/*.tar
	e2e/e2e-test

gitops-test: image cluster-up ## Flux installs Tocsin and a team's rules on the cluster, which must not have a Tocsin
	$(CLUSTER_COMMAND) load-image target/images/*.tar
	e2e/gitops-test

ha: image cluster-up ## 1,000 alerts begin and end while pod after pod is killed: what is lost, what comes twice (20 minutes)
	$(CLUSTER_COMMAND) load-image target/images/*.tar
	MEMBERS=3 e2e/e2e-test HighAvailabilityCheck

bench: image ## measure, each figure beside its goal and a peer; ONLY=id,... for some (1 hour)
	e2e/bench $(if $(ONLY),--only $(ONLY))

bench-quick: build ## the benchmark with tiny numbers: shows that it works (1 minute)
	e2e/bench --quick $(if $(ONLY),--only $(ONLY))

clean: ## remove what was built in this folder; the cache (~/.cache/tocsin) and a running cluster stay
	$(MAVEN) clean
	rm -rf target

##@ Tools

.PHONY: tools tools-engines tools-control-plane
tools: ## build what tests and cluster need (engines, Kubernetes, helm) into target/tools (10 minutes the first time)
	e2e/tools/build
	e2e/tools/build judges

tools-engines: ## only vmalert, victoria-metrics, alertmanager and amtool (2 minutes)
	e2e/tools/build engines

tools-control-plane: ## only etcd, kube-apiserver, kubectl, helm and the rest of Kubernetes (8 minutes)
	e2e/tools/build control-plane

##@ Cluster (CLUSTER=current|kind|local chooses the provider, TOCSIN_CLUSTER the name)

.PHONY: cluster-up cluster-down cluster-test kind-test cluster-status cluster-logs kubeconfig
cluster-up: ## start the cluster, or find it running
	$(CLUSTER_COMMAND) up

cluster-down: ## remove the cluster and everything that belongs to it
	$(CLUSTER_COMMAND) down

cluster-test: ## test the local cluster itself: up, down, repair, interruption, two side by side (4 minutes)
	e2e/cluster/test

kind-test: ## test the provider kind, where Docker or Podman runs: up, down, interruption, the quickstart (10 minutes the first time)
	e2e/cluster/kind-test

cluster-status: ## what runs of the cluster
	$(CLUSTER_COMMAND) status

cluster-logs: ## collect logs, events and descriptions into target/logs
	$(CLUSTER_COMMAND) logs target/logs

kubeconfig: ## print the path of the running cluster's kubeconfig: export KUBECONFIG=$(make -s kubeconfig)
	@$(CLUSTER_COMMAND) kubeconfig

##@ Images

.PHONY: image image-test images-engines
image: build images-engines ## build the images of the operator and of the engines as target/images/*.tar
	operator/image/build

image-test: image ## tocsin check with nothing but what is in the operator's image (10 seconds)
	e2e/image-test

images-engines:
	e2e/images/build
