package dev.tocsin.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The Java types lose no field and add none. */
class RoundTripTest {
    @TestFactory
    Stream<DynamicTest> validObjectsSurviveTheJavaTypes() {
        return Cases.valid()
                .map(valid -> DynamicTest.dynamicTest(valid.name(), () -> {
                    Object object = Serialization.unmarshal(valid.yaml(), valid.kind());

                    JsonNode written = Serialization.unmarshal(Serialization.asYaml(object), JsonNode.class);

                    assertThat(written).isEqualTo(Serialization.unmarshal(valid.yaml(), JsonNode.class));
                }));
    }
}
