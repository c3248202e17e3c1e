package dev.tocsin.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tocsin.configuration.OperatorConfiguration.Datasource;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import dev.tocsin.configuration.OperatorConfiguration.Quota;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorConfigurationTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String MINIMAL = """
        datasources:
        - {name: default, url: "http://prometheus:9090"}
        evaluators: {image: vmalert}
        alertmanager: {name: alertmanager, members: 3, configSecret: alertmanager-config}
        """;

    @Test
    void whatIsLeftOutHasTheDocumentedDefault() {
        OperatorConfiguration configuration = OperatorConfiguration.parse(MINIMAL);

        Datasource datasource = configuration.datasource("default").orElseThrow();
        assertThat(datasource.type()).isEqualTo("prometheus");
        assertThat(datasource.language()).isEqualTo(Language.MetricsQL);
        assertThat(datasource.shards()).isEqualTo(2);
        assertThat(datasource.evalDelay()).isEqualTo("0s");
        assertThat(datasource.auth()).isNull();
        assertThat(datasource.insecureSkipVerify()).isFalse();
        assertThat(datasource.remoteWrite()).isNull();
        assertThat(configuration.rules().interval()).isEqualTo("30s");
        assertThat(configuration.evaluators().imagePullPolicy()).isEqualTo("IfNotPresent");
        assertThat(configuration.evaluators().replicas()).isEqualTo(2);
        assertThat(configuration.evaluators().slots()).isEqualTo(32);
        assertThat(configuration.evaluators().slotBytes()).isEqualTo(262_144);
        assertThat(configuration.evaluators().extraArgs()).isEmpty();
        assertThat(configuration.alertmanager().service()).isEqualTo("alertmanager");
        assertThat(configuration.alertmanager().port()).isEqualTo(9093);
        assertThat(configuration.delivery().clusterPolicyNamespaces()).isEmpty();
        assertThat(configuration.delivery().defaultContactPoint()).isNull();
        assertThat(configuration.observation().alertsSeconds()).isEqualTo(1);
        assertThat(configuration.observation().rulesSeconds()).isEqualTo(15);
    }

    @Test
    void aNamedNamespaceHasItsOwnQuotaAndNothingOfTheOthers() {
        OperatorConfiguration configuration = OperatorConfiguration.parse(MINIMAL + """
                quotas:
                  default: {rules: 100, evaluationsPerSecond: 2.5}
                  namespaces: {shop: {rules: 500}, platform: {}}
                """);

        assertThat(configuration.quotas().of("any")).isEqualTo(new Quota(100, 2.5));
        assertThat(configuration.quotas().of("shop")).isEqualTo(new Quota(500, null));
        assertThat(configuration.quotas().of("platform")).isEqualTo(new Quota(null, null));
        assertThat(OperatorConfiguration.parse(configuration.toJson())).isEqualTo(configuration);
        assertThat(OperatorConfiguration.parse(MINIMAL).quotas().limitAnything())
                .isFalse();
    }

    @Test
    void theConfigurationOfThePlainManifestsIsValid() {
        Path shipped = Path.of("../manifests/base/config.yaml");

        assertThat(OperatorConfiguration.read(shipped).datasource("default")).isPresent();
    }

    @Test
    void theStateOfAlertsIsWrittenOnlyForADatasourceThatVmalertCanReadItBackFrom() {
        String yaml = MINIMAL.replace("9090\"}", "9090\", language: PromQL, remoteWrite: {url: \"http://host\"}}");

        assertThatThrownBy(() -> OperatorConfiguration.parse(yaml))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessage(
                        "datasources[0].remoteWrite: needs language MetricsQL, which the state of alerts is read back"
                                + " in; remove it");
    }

    @Test
    void aFieldWithoutAValueCountsAsLeftOut() throws IOException {
        String yaml = with("/evaluators/nodeSelector", "");

        assertThat(OperatorConfiguration.parse(yaml)).isEqualTo(OperatorConfiguration.parse(MINIMAL));
    }

    /** The minimal configuration with one value changed, and what must be said of it. */
    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /datasources                | []                  | datasources: at least one is needed; name your Prometheus-compatible server
            /datasources                | null                | datasources: at least one is needed; name your Prometheus-compatible server
            /datasources                | default             | datasources: must be a list
            /datasources/0              | null                | datasources[0]: is missing or empty; set it
            /datasources/0              | default             | datasources[0]: must be a mapping with fields
            /datasources/1              | {name: default, url: "http://a"} | datasources[1].name: "default" is the name of another one; choose a different one
            /datasources/0/name         | null                | datasources[0].name: is missing or empty; set it
            /datasources/0/name         | Upper_Case          | datasources[0].name: "Upper_Case" must be a DNS label of at most 40 characters (lower-case letters, digits, dashes)
            /datasources/0/name         | a123456789b123456789c123456789d123456789e | datasources[0].name: "a123456789b123456789c123456789d123456789e" must be a DNS label of at most 40 characters (lower-case letters, digits, dashes)
            /datasources/0/url          | null                | datasources[0].url: is missing or empty; set it
            /datasources/0/url          | prometheus:9090     | datasources[0].url: "prometheus:9090" must be an http or https URL such as http://prometheus.monitoring.svc:9090
            /datasources/0/url          | http://me:pass@host | datasources[0].url: must not hold credentials, they would be logged; use auth
            /datasources/0/type         | graphite            | datasources[0].type: "graphite" is not known; use prometheus
            /datasources/0/language     | promql              | datasources[0].language: "promql" is not known; use one of MetricsQL, PromQL
            /datasources/0/shards       | 0                   | datasources[0].shards: is 0; must be 1 to 1000
            /datasources/0/shards       | many                | datasources[0].shards: must be a whole number
            /datasources/0/shards       | 1.5                 | datasources[0].shards: must be a whole number
            /datasources/0/shards       | 99999999999         | datasources[0].shards: Numeric value (99999999999) out of range of int (-2147483648 - 2147483647)
            /datasources/0/automaticShards | {max: 0}           | datasources[0].automaticShards.max: is 0; must be 1 to 1000
            /datasources/0/shards       | [2]                 | datasources[0].shards: must be a whole number
            /datasources/0/evalDelay    | soon                | datasources[0].evalDelay: "soon" must be a duration such as 30s, 5m or 1h30m, units in falling order
            /datasources/0/insecureSkipVerify | perhaps       | datasources[0].insecureSkipVerify: must be true or false
            /datasources/0/auth         | {}                  | datasources[0].auth: set either username and password, or bearerToken
            /datasources/0/auth         | {username: me}      | datasources[0].auth: set either username and password, or bearerToken
            /datasources/0/auth         | {username: me, password: {name: s, key: k}, bearerToken: {name: s, key: k}} | datasources[0].auth: set either username and password, or bearerToken
            /datasources/0/auth         | {bearerToken: {name: s}} | datasources[0].auth.bearerToken.key: is missing or empty; set it
            /datasources/0/auth         | {bearerToken: {name: Not a name, key: k}} | datasources[0].auth.bearerToken.name: "Not a name" must be a name of lower case letters, digits, dashes and dots, such as team-shop
            /datasources/0/remoteWrite  | {}                  | datasources[0].remoteWrite.url: is missing or empty; set it
            /datasources/0/remoteWrite  | {url: "http://me:pass@host"} | datasources[0].remoteWrite.url: must not hold credentials, they would be logged; use auth
            /datasources/0/remoteWrite  | {url: "http://host", auth: {username: me}} | datasources[0].remoteWrite.auth: set either username and password, or bearerToken
            /datasources/0/token        | secret              | datasources[0].token: there is no such field; there are auth, automaticShards, evalDelay, insecureSkipVerify, language, name, remoteWrite, shards, type, url
            /rules                      | {interval: 500ms}   | rules.interval: "500ms" must be a duration of at least 1s such as 30s, 5m or 1h30m, units in falling order
            /rules                      | {interval: ""}      | rules.interval: is missing or empty; set it
            /rules                      | {interval: 0s}      | rules.interval: "0s" must be a duration of at least 1s such as 30s, 5m or 1h30m, units in falling order
            /evaluators                 | null                | evaluators: is missing or empty; set it
            /evaluators/image           | null                | evaluators.image: is missing or empty; set it
            /evaluators/imagePullPolicy | Sometimes           | evaluators.imagePullPolicy: "Sometimes" is not known; use Always, IfNotPresent or Never
            /evaluators/replicas        | 0                   | evaluators.replicas: is 0; must be 1 to 100
            /evaluators/slots           | 257                 | evaluators.slots: is 257; must be 1 to 256
            /evaluators/slotBytes       | 1000000             | evaluators.slotBytes: is 1000000; must be 4096 to 900000
            /evaluators/extraArgs       | [loggerLevel=WARN]  | evaluators.extraArgs[0]: "loggerLevel=WARN" must be a flag of vmalert such as -loggerLevel=WARN
            /evaluators/resources       | 1Gi                 | evaluators.resources: must be a mapping with fields
            /evaluators/tolerations     | {key: a}            | evaluators.tolerations: must be a list
            /evaluators/tolerations     | [{tolerationSeconds: soon}] | evaluators.tolerations[0].tolerationSeconds: must be a whole number
            /alertmanager               | null                | alertmanager: is missing or empty; set it
            /alertmanager/name          | null                | alertmanager.name: is missing or empty; set it
            /alertmanager/service       | a.b                 | alertmanager.service: "a.b" must be a name of lower case letters, digits and dashes, such as team-shop
            /alertmanager/members       | null                | alertmanager.members: is missing or empty; set it
            /alertmanager/members       | 0                   | alertmanager.members: is 0; must be 1 to 100
            /alertmanager/port          | 65536               | alertmanager.port: is 65536; must be 1 to 65535
            /alertmanager/configSecret  | ""                  | alertmanager.configSecret: is missing or empty; set it
            /delivery                   | {defaultContactPoint: pager} | delivery.defaultContactPoint: "pager" must be written namespace/name
            /delivery                   | {clusterPolicyNamespaces: [platform, Ops]} | delivery.clusterPolicyNamespaces[1]: "Ops" must be a name of lower case letters, digits and dashes, such as team-shop
            /observation                | {alertsSeconds: 0}  | observation.alertsSeconds: is 0; must be 1 to 3600
            /observation                | {rulesSeconds: -1}  | observation.rulesSeconds: is -1; must be 1 to 3600
            /quotas                     | {default: {rules: -1}} | quotas.default.rules: is -1; must be 0 to 1000000
            /quotas                     | {default: {evaluationsPerSecond: many}} | quotas.default.evaluationsPerSecond: must be a number
            /quotas                     | {default: {evaluationsPerSecond: -0.5}} | quotas.default.evaluationsPerSecond: is -0.5; must be 0 to 1000000
            /quotas                     | {namespaces: {Shop: {rules: 1}}} | quotas.namespaces: "Shop" must be a name of lower case letters, digits and dashes, such as team-shop
            /quotas                     | {namespaces: {shop: null}} | quotas.namespaces.shop: is missing or empty; set it
            /observations               | {}                  | observations: there is no such field; there are adopt, alertmanager, datasources, delivery, evaluators, observation, quotas, rules
            """)
    void aBadValueIsNamedWithItsFieldAndTheFix(String field, String value, String message) throws IOException {
        String yaml = with(field, value);

        assertThatThrownBy(() -> OperatorConfiguration.parse(yaml))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'the file: must be a mapping with fields'",
        "'# nothing', 'the file: must be a mapping with fields'",
        "'null', 'the file: is missing or empty; set it'",
        "'[]', 'the file: must be a mapping with fields'",
        "'just text', 'the file: must be a mapping with fields'"
    })
    void aFileWithoutFieldsIsRefused(String yaml, String message) {
        assertThatThrownBy(() -> OperatorConfiguration.parse(yaml))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessage(message);
    }

    @Test
    void aFileThatIsNoYamlIsRefusedWithTheLine() {
        assertThatThrownBy(() -> OperatorConfiguration.parse(MINIMAL + "rules: {interval: 30s"))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("line 5")
                .hasMessageContaining("rules: {interval: 30s");
    }

    @Test
    void aTextThatIsNoYamlAtAllIsRefused() {
        assertThatThrownBy(() -> OperatorConfiguration.parse("\t{"))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageStartingWith("the file: is not YAML: ")
                .hasMessageContaining("line 1");
    }

    @Test
    void aFileThatCannotBeReadIsNamed(@TempDir Path folder) {
        Path missing = folder.resolve("config.yaml");

        assertThatThrownBy(() -> OperatorConfiguration.read(missing))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void whatIsLoggedReadsBackToTheSame(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), MINIMAL + """
                        rules: {interval: 1d}
                        delivery: {clusterPolicyNamespaces: [platform], defaultContactPoint: platform/pager}
                        """);
        OperatorConfiguration configuration = OperatorConfiguration.read(file);

        assertThat(OperatorConfiguration.parse(configuration.toJson())).isEqualTo(configuration);
    }

    /** The minimal configuration with a value, given as YAML, at the place of a JSON pointer. */
    private static String with(String pointer, String value) throws JsonProcessingException {
        ObjectNode tree = (ObjectNode) YAML.readTree(MINIMAL);
        int last = pointer.lastIndexOf('/');
        String name = pointer.substring(last + 1);
        JsonNode node = value.isEmpty() ? tree.nullNode() : YAML.readTree(value);
        switch (tree.at(pointer.substring(0, last))) {
            case ArrayNode list when list.has(Integer.parseInt(name)) -> list.set(Integer.parseInt(name), node);
            case ArrayNode list -> list.add(node);
            case ObjectNode object -> object.set(name, node);
            default -> throw new IllegalArgumentException("nothing is at " + pointer);
        }
        return YAML.writeValueAsString(tree);
    }
}
