package dev.tocsin.publish;

/**
 * Makes the kubelet sync a pod's mounts at once, by changing an annotation of the pod: measured 0.25 to 1.0 s, against
 * more than a minute of waiting for its own period (Kubernetes 1.37).
 */
public interface PodTouch {

    /**
     * Changes the pod, so that the kubelet syncs it.
     *
     * @param revision any text that differs from the last one
     */
    void touch(Replica replica, String revision);
}
