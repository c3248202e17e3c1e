package dev.tocsin.publish;

import dev.tocsin.place.SlotId;
import java.util.Map;

/** Names and labels of what the operator makes in its own namespace. */
public final class ClusterNames {
    /** Label on evaluators and slots: name of the shard. */
    public static final String SHARD_LABEL = "tocsin.dev/shard";

    /** Condition of an evaluator's pod: its readiness gate. */
    public static final String CAUGHT_UP_CONDITION = "tocsin.dev/caught-up";

    /** Annotation by which a pod is touched, so that the kubelet syncs its mounts at once. */
    public static final String SYNC_ANNOTATION = "tocsin.dev/synced-revision";

    /** Port of vmalert's web server. */
    public static final int EVALUATOR_PORT = 8880;

    static final String DATASOURCE_LABEL = "tocsin.dev/datasource";
    static final String SLOT_LABEL = "tocsin.dev/slot";
    static final String RULES_KEY = "rules.yaml";
    static final String INDEX_KEY = "index.json";

    private static final String NAME_LABEL = "app.kubernetes.io/name";
    private static final String COMPONENT_LABEL = "app.kubernetes.io/component";
    private static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
    private static final String NAME = "tocsin";

    private ClusterNames() {}

    /** Labels that find the objects of one component: operator, evaluator, alertmanager, rules. */
    public static Map<String, String> selector(String component) {
        return Map.of(NAME_LABEL, NAME, COMPONENT_LABEL, component);
    }

    static Map<String, String> labels(String component) {
        return Map.of(NAME_LABEL, NAME, COMPONENT_LABEL, component, MANAGED_BY_LABEL, NAME);
    }

    static String evaluator(String shardName) {
        return "tocsin-evaluator-" + shardName;
    }

    static String slot(SlotId slot) {
        return "tocsin-rules-" + slot.shardName() + "-" + slot.slot();
    }
}
