package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.engines.ApiServer;
import dev.tocsin.place.SlotId;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class SlotWatchIT {
    private static final String NAMESPACE = "tocsin-system";
    private static final SlotId INTACT = new SlotId("default", 0, 0);
    private static final SlotId DAMAGED = new SlotId("default", 1, 0);

    private static ApiServer apiServer;

    private final ConfigMapSlots slots = new ConfigMapSlots(apiServer.client(), NAMESPACE, Optional.empty());

    @BeforeAll
    static void startApiServer() {
        apiServer = ApiServer.start();
        apiServer.namespace(NAMESPACE);
    }

    @AfterAll
    static void stopApiServer() {
        apiServer.close();
    }

    @Test
    void onlyWhatSomeoneElseHasChangedIsDamaged() {
        write(INTACT);
        write(DAMAGED);
        List<SlotId> told = new CopyOnWriteArrayList<>();
        try (SlotWatch watch = new SlotWatch(apiServer.client(), NAMESPACE, told::add)) {
            edit(DAMAGED);
            await("the edit is told").atMost(Duration.ofSeconds(10)).until(() -> !told.isEmpty());
            told.clear();

            write(DAMAGED);
            write(INTACT);
            apiServer
                    .client()
                    .configMaps()
                    .inNamespace(NAMESPACE)
                    .withName(ClusterNames.slot(DAMAGED))
                    .delete();

            await("the deletion is told").atMost(Duration.ofSeconds(10)).until(() -> !told.isEmpty());
            assertThat(told).containsExactly(DAMAGED);
        }
    }

    @Test
    void aSlotThatWasDamagedWhileNobodyWatchedIsToldAtTheStartAndNoOther() {
        write(INTACT);
        write(DAMAGED);
        edit(DAMAGED);
        List<SlotId> told = new CopyOnWriteArrayList<>();

        try (SlotWatch watch = new SlotWatch(apiServer.client(), NAMESPACE, told::add)) {
            await("the edit is told").atMost(Duration.ofSeconds(10)).until(() -> told.contains(DAMAGED));
        }

        assertThat(told).doesNotContain(INTACT);
    }

    private void write(SlotId slot) {
        slots.write(slot, SlotFile.of(slot, List.of()));
    }

    private static void edit(SlotId slot) {
        apiServer
                .client()
                .configMaps()
                .inNamespace(NAMESPACE)
                .withName(ClusterNames.slot(slot))
                .edit(found -> new ConfigMapBuilder(found)
                        .addToData("rules.yaml", "groups: []\n")
                        .build());
    }
}
