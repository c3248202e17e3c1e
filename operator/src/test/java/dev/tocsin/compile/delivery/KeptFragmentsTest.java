package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.Golden;
import dev.tocsin.publish.LiveFragments;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was kept of an object equals what is compiled from it anew: else every restart would take all for changed. */
class KeptFragmentsTest {
    static Stream<String> cases() throws IOException {
        return Golden.cases("delivery");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fragmentsSurviveBeingKept(String name) throws IOException {
        GoldenCase.Result result =
                GoldenCase.read(Golden.folder("delivery", name)).compile();
        LiveFragments fragments = new LiveFragments(result.contactPoints(), result.policies());

        LiveFragments kept = LiveFragments.read(fragments.toBytes());

        assertThat(kept).isEqualTo(fragments);
    }
}
