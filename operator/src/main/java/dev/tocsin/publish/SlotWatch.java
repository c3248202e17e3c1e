package dev.tocsin.publish;

import dev.tocsin.place.SlotId;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells of slots that someone else has deleted or edited. An edit shows in the managed fields: whoever wrote a key of a
 * ConfigMap owns it until the operator applies its own content again.
 */
public final class SlotWatch implements AutoCloseable {
    private final SharedIndexInformer<ConfigMap> informer;

    /**
     * Begins to watch.
     *
     * @param namespace the operator's namespace
     * @param damaged told of each slot that is not as the operator wrote it, from one thread; also of slots that the
     *     operator itself has deleted
     */
    public SlotWatch(KubernetesClient client, String namespace, Consumer<SlotId> damaged) {
        this.informer = client.configMaps()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector(ConfigMapSlots.COMPONENT))
                .runnableInformer(0)
                .itemStore(new WithoutContent())
                .addEventHandler(new SlotEvents(damaged));
        informer.start();
    }

    @Override
    public void close() {
        informer.close();
    }

    /** Slots are large, and only their names are needed here. */
    private static final class WithoutContent extends BasicItemStore<ConfigMap> {
        WithoutContent() {
            super(Cache::metaNamespaceKeyFunc);
        }

        /** Else the informer tells of what it has listed at first by what is kept here, without its content. */
        @Override
        public boolean isFullState() {
            return false;
        }

        @Override
        public ConfigMap put(String key, ConfigMap slot) {
            return super.put(
                    key,
                    new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(slot.getMetadata().getName())
                            .withNamespace(slot.getMetadata().getNamespace())
                            .withUid(slot.getMetadata().getUid())
                            .withResourceVersion(slot.getMetadata().getResourceVersion())
                            .withLabels(slot.getMetadata().getLabels())
                            .endMetadata()
                            .build());
        }
    }

    private record SlotEvents(Consumer<SlotId> damaged) implements ResourceEventHandler<ConfigMap> {
        @Override
        public void onAdd(ConfigMap slot) {
            tellIfDamaged(slot);
        }

        @Override
        public void onUpdate(ConfigMap before, ConfigMap now) {
            tellIfDamaged(now);
        }

        @Override
        public void onDelete(ConfigMap slot, boolean finalStateUnknown) {
            ConfigMapSlots.slotOf(slot).ifPresent(damaged);
        }

        private void tellIfDamaged(ConfigMap slot) {
            Map<String, String> data = slot.getData() == null ? Map.of() : slot.getData();
            boolean complete = data.containsKey(ClusterNames.RULES_KEY) && data.containsKey(ClusterNames.INDEX_KEY);
            if (!complete || isEdited(slot)) {
                ConfigMapSlots.slotOf(slot).ifPresent(damaged);
            }
        }

        private static boolean isEdited(ConfigMap slot) {
            List<ManagedFieldsEntry> owners = slot.getMetadata().getManagedFields();
            return owners.stream()
                    .anyMatch(owner -> !FieldManagers.PUBLISHER.equals(owner.getManager())
                            && owner.getFieldsV1() != null
                            && owner.getFieldsV1().getAdditionalProperties().containsKey("f:data"));
        }
    }
}
