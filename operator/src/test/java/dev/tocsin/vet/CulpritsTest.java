package dev.tocsin.vet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CulpritsTest {

    @Property
    void exactlyTheBadOnesAreFound(@ForAll @Size(max = 6) Set<@IntRange(max = 99) Integer> bad) {
        List<Integer> suspects = IntStream.range(0, 100).boxed().toList();

        List<Integer> found = Culprits.find(suspects, parts -> parts.stream().noneMatch(bad::contains));

        assertThat(new HashSet<>(found)).isEqualTo(bad);
    }

    @Test
    void ofTwoThatAreBadOnlyTogetherTheLaterIsFound() {
        List<Integer> suspects = IntStream.range(0, 100).boxed().toList();

        List<Integer> found = Culprits.find(suspects, parts -> !parts.containsAll(List.of(7, 80)));

        assertThat(found).containsExactly(80);
    }

    @Test
    void oneCulpritAmongAThousandTakesFewQuestions() {
        List<Integer> suspects = IntStream.range(0, 1000).boxed().toList();
        int[] questions = {0};

        Culprits.find(suspects, parts -> {
            questions[0]++;
            return !parts.contains(617);
        });

        assertThat(questions[0]).isLessThanOrEqualTo(16);
    }
}
