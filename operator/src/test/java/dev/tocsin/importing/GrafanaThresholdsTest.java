package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Grafana's comparisons (pkg/expr/threshold.go), and what ends the alerts of one that has a recovery. */
class GrafanaThresholdsTest {

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: gt, params: [5, 0]}                       | `above`:5",
                "{type: lt, params: [0.50]}                       | `below`:0.5",
                "{type: eq, params: [-1]}                         | `equal`:-1",
                "{type: ne, params: [0]}                          | `notEqual`:0",
                "{type: gte, params: [1e3]}                       | `atLeast`:1000",
                "{type: lte, params: [100]}                       | `atMost`:100",
                "{type: within_range, params: [1, 2]}             | `within`:{`from`:1,`to`:2}",
                "{type: outside_range, params: [1, 2]}            | `outside`:{`from`:1,`to`:2}",
                "{type: within_range_included, params: [1, 1]}    | `withinInclusive`:{`from`:1,`to`:1}",
                "{type: outside_range_included, params: [-2, 2]}  | `outsideInclusive`:{`from`:-2,`to`:2}",
            })
    void everyComparisonHasItsField(String evaluator, String field) throws NotCarriedOver {
        assertThat(GrafanaThresholds.threshold(tree(evaluator), "B").toString())
                .isEqualTo(("{`input`:`B`," + field + "}").replace("`", "\""));
    }

    @ParameterizedTest(name = "{0} until {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: gt, params: [5]}               | {type: lt, params: [3]}               | `recoverBelow`:3",
                "{type: gte, params: [5]}              | {type: lt, params: [5]}               | `recoverBelow`:5",
                "{type: lt, params: [5]}               | {type: gt, params: [7]}               | `recoverAbove`:7",
                "{type: within_range, params: [1, 2]}  | {type: outside_range, params: [0, 3]} | `recoverOutside`:{`from`:0,`to`:3}",
                "{type: outside_range, params: [1, 9]} | {type: within_range, params: [2, 8]}  | `recoverWithin`:{`from`:2,`to`:8}",
            })
    void anUnloadEvaluatorBecomesTheRecoveryThatGoesWithTheComparison(String evaluator, String unload, String field)
            throws NotCarriedOver {
        ObjectNode threshold = GrafanaThresholds.threshold(tree(evaluator), "B");

        GrafanaThresholds.recovery(tree(unload), threshold);

        assertThat(threshold.toString()).endsWith("," + field.replace("`", "\"") + "}");
    }

    @ParameterizedTest(name = "{0} until {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: gt, params: [5]} | {type: lt, params: [6]}           | end before they begin",
                "{type: lt, params: [5]} | {type: gt, params: [4]}           | end before they begin",
                "{type: gt, params: [5]} | {type: gt, params: [6]}           | does not go with",
                "{type: gt, params: [5]} | {type: outside_range, params: []} | does not go with",
            })
    void aRecoveryThatCannotBeIsRefused(String evaluator, String unload, String reason) throws NotCarriedOver {
        ObjectNode threshold = GrafanaThresholds.threshold(tree(evaluator), "B");

        assertThatThrownBy(() -> GrafanaThresholds.recovery(tree(unload), threshold))
                .isInstanceOf(NotCarriedOver.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: within_range, params: [2, 1]} | before it begins",
                "{type: within_range, params: [2]}    | needs more",
                "{type: gt, params: []}               | needs more",
                "{type: gt, params: [many]}           | is no number",
                "{type: gt, params: [1e400]}          | too many digits",
                "{type: like, params: [1]}            | does not have",
            })
    void whatIsNoComparisonIsRefused(String evaluator, String reason) {
        assertThatThrownBy(() -> GrafanaThresholds.threshold(tree(evaluator), "B"))
                .isInstanceOf(NotCarriedOver.class)
                .hasMessageContaining(reason);
    }

    private static Tree tree(String yaml) {
        return Tree.documents("evaluator", yaml).getFirst();
    }
}
