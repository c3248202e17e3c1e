# `make` alone lists the targets. A line "target: ## text" is a target of the list, "##@ text" a heading in it.
include versions.env
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CLUSTER_COMMAND := e2e/cluster/cluster

.PHONY: help
help:
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Tools

.PHONY: tools tools-engines tools-control-plane
tools: ## build what tests and cluster need (engines, Kubernetes, helm) into target/tools (10 minutes the first time)
	e2e/tools/build

tools-engines: ## only vmalert, victoria-metrics, alertmanager and amtool (2 minutes)
	e2e/tools/build engines

tools-control-plane: ## only etcd, kube-apiserver, kubectl, helm and the rest of Kubernetes (8 minutes)
	e2e/tools/build control-plane

##@ Cluster (CLUSTER=current|kind|local chooses the provider, TOCSIN_CLUSTER the name)

.PHONY: cluster-up cluster-down cluster-status cluster-logs kubeconfig
cluster-up: ## start the cluster, or find it running
	$(CLUSTER_COMMAND) up

cluster-down: ## remove the cluster and everything that belongs to it
	$(CLUSTER_COMMAND) down

cluster-status: ## what runs of the cluster
	$(CLUSTER_COMMAND) status

cluster-logs: ## collect logs, events and descriptions into target/logs
	$(CLUSTER_COMMAND) logs target/logs

kubeconfig: ## print the path of the running cluster's kubeconfig: export KUBECONFIG=$(make -s kubeconfig)
	@$(CLUSTER_COMMAND) kubeconfig

##@ Images

.PHONY: image images-engines
image: images-engines ## build the images of the operator and of the engines as target/images/*.tar
	operator/image/build

images-engines: tools-engines
	e2e/images/build
