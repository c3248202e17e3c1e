package dev.tocsin.operator;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** One DeliveryWorld for a class's tests; each begins with none of their objects. */
@Tag("integration")
abstract class InDeliveryWorld {
    static DeliveryWorld world;

    @TempDir
    Path folder;

    @BeforeAll
    static void startWorld() {
        world = new DeliveryWorld();
    }

    @AfterAll
    static void stopWorld() {
        world.close();
    }

    @BeforeEach
    void start() throws Exception {
        world.start(folder);
    }

    @AfterEach
    void stop() {
        world.stop();
    }
}
