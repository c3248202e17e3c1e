/**
 * The benchmark: real etcd, kube-apiserver, VictoriaMetrics, vmalert and Alertmanager, the operator as a process of its
 * own, and a stand-in for what the kubelet does. Each figure beside its goal and, where one can be run, a peer.
 */
@NullMarked
package dev.tocsin.e2e.bench;

import org.jspecify.annotations.NullMarked;
