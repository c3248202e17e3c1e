package dev.tocsin.publish;

/**
 * One running pod of an engine.
 *
 * @param group what it is a replica of: the shard's name for evaluators
 * @param pod name of the pod
 * @param uid uid of the pod: a new pod of the same name is another replica
 * @param url base URL of its web server
 */
public record Replica(String group, String pod, String uid, String url) {}
