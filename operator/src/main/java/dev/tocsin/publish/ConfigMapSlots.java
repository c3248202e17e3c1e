package dev.tocsin.publish;

import dev.tocsin.place.SlotId;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Slots as ConfigMaps in the operator's namespace, one each, read back from there at start. */
public final class ConfigMapSlots implements RuleSlots {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigMapSlots.class);
    static final String COMPONENT = "rules";

    private final KubernetesClient client;
    private final String namespace;
    private final Optional<OwnerReference> owner;

    /**
     * @param namespace the operator's namespace
     * @param owner what the slots are deleted with, if anything
     */
    public ConfigMapSlots(KubernetesClient client, String namespace, Optional<OwnerReference> owner) {
        this.client = client;
        this.namespace = namespace;
        this.owner = owner;
    }

    @Override
    public Map<SlotId, StoredSlot> readAll() {
        Map<SlotId, StoredSlot> result = new HashMap<>();
        for (ConfigMap configMap : client.configMaps()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector(COMPONENT))
                .list()
                .getItems()) {
            slotOf(configMap).ifPresent(slot -> result.put(slot, stored(configMap)));
        }
        return result;
    }

    /** The slot that a ConfigMap is, by its labels. */
    static Optional<SlotId> slotOf(ConfigMap configMap) {
        Map<String, String> labels = configMap.getMetadata().getLabels();
        String datasource = labels.getOrDefault(ClusterNames.DATASOURCE_LABEL, "");
        String shard = labels.getOrDefault(ClusterNames.SHARD_LABEL, "");
        String number = labels.getOrDefault(ClusterNames.SLOT_LABEL, "");
        String name = configMap.getMetadata().getName();
        if (shard.matches(Pattern.quote(datasource) + "-\\d{1,4}") && number.matches("\\d{1,4}")) {
            SlotId slot = new SlotId(
                    datasource, Integer.parseInt(shard.substring(datasource.length() + 1)), Integer.parseInt(number));
            if (name.equals(ClusterNames.slot(slot))) {
                return Optional.of(slot);
            }
        }
        LOG.warn("ConfigMap {} has a slot's labels, but is none", name);
        return Optional.empty();
    }

    /** A slot that someone damaged is written anew from the objects. */
    private static StoredSlot stored(ConfigMap configMap) {
        Map<String, String> data = Optional.ofNullable(configMap.getData()).orElse(Map.of());
        try {
            return SlotFile.read(
                    data.getOrDefault(ClusterNames.RULES_KEY, ""), data.getOrDefault(ClusterNames.INDEX_KEY, ""));
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "slot {} cannot be read back, its rules are published anew: {}",
                    configMap.getMetadata().getName(),
                    e.getMessage());
            return StoredSlot.DAMAGED;
        }
    }

    @Override
    public void write(SlotId slot, SlotFile content) {
        ConfigMap configMap = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(ClusterNames.slot(slot))
                .withNamespace(namespace)
                .withLabels(ClusterNames.labels(COMPONENT))
                .addToLabels(ClusterNames.DATASOURCE_LABEL, slot.datasource())
                .addToLabels(ClusterNames.SHARD_LABEL, slot.shardName())
                .addToLabels(ClusterNames.SLOT_LABEL, Integer.toString(slot.slot()))
                .withOwnerReferences(owner.map(List::of).orElse(List.of()))
                .endMetadata()
                .withData(Map.of(
                        ClusterNames.RULES_KEY, content.rules(),
                        ClusterNames.INDEX_KEY, content.index()))
                .build();
        client.resource(configMap)
                .fieldManager(FieldManagers.PUBLISHER)
                .forceConflicts()
                .serverSideApply();
    }

    @Override
    public void delete(SlotId slot) {
        client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterNames.slot(slot))
                .delete();
    }
}
