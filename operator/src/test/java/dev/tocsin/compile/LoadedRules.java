package dev.tocsin.compile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.LocalEvaluator;
import dev.tocsin.publish.EvaluatorWorkloads;
import dev.tocsin.publish.FewestShards;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What vmalert, run as a shard, says of the rules in files. */
final class LoadedRules {
    private LoadedRules() {}

    /**
     * The answer of its API. A text that names HOME must not get the variable's value.
     *
     * @param files pattern of the rule files
     */
    static JsonNode of(OperatorConfiguration configuration, String files, Path log) throws Exception {
        String address = "127.0.0.1:" + EngineProcess.freePort();
        Deployment evaluator = (Deployment) new EvaluatorWorkloads(configuration, "tocsin-system", Optional.empty())
                .of(FewestShards.of(configuration))
                .getFirst();
        List<String> flags = LocalEvaluator.flags(
                evaluator
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getArgs(),
                files,
                address,
                "http://127.0.0.1:1");
        Map<String, String> environment = Map.of("HOME", "/leaked");
        try (EngineProcess vmalert = EngineProcess.start("vmalert", address, "/health", log, flags, environment)) {
            return JsonMapper.builder()
                    .build()
                    .readTree(vmalert.get("/api/v1/rules").body());
        }
    }
}
