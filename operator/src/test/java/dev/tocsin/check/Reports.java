package dev.tocsin.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Judges reports by what those demand that show them. */
public final class Reports {
    private static final JsonSchema SARIF = sarif();

    private Reports() {}

    private static JsonSchema sarif() {
        try (InputStream schema = Reports.class.getResourceAsStream("/sarif/sarif-2.1.0-rtm.5.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
                    .getSchema(
                            Objects.requireNonNull(schema),
                            SchemaValidatorsConfig.builder()
                                    .formatAssertionsEnabled(true)
                                    .build());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By OASIS' schema. */
    public static void mustBeSarif(String report) {
        assertThat(SARIF.validate(report, InputFormat.JSON)).isEmpty();
    }

    /**
     * By what the schemas of Surefire and of Jenkins have in common, of which neither is in a repository of packages:
     * each suite has its counts, each case its names and its time, each failure a message.
     *
     * @return the cases
     */
    public static List<Element> mustBeJunit(String report)
            throws ParserConfigurationException, SAXException, IOException {
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(report)))
                .getDocumentElement();
        assertThat(root.getTagName()).isEqualTo("testsuites");
        List<Element> cases = new ArrayList<>();
        for (Element suite : children(root, "testsuite")) {
            List<Element> own = children(suite, "testcase");
            assertThat(suite.getAttribute("name")).isNotEmpty();
            assertThat(number(suite, "tests")).isEqualTo(own.size());
            assertThat(number(suite, "failures"))
                    .isEqualTo(own.stream()
                            .filter(each -> !children(each, "failure").isEmpty())
                            .count());
            assertThat(List.of(number(suite, "errors"), number(suite, "skipped"), number(suite, "time")))
                    .containsOnly(0);
            for (Element each : own) {
                assertThat(each.getAttribute("name")).isNotEmpty();
                assertThat(each.getAttribute("classname")).isNotEmpty();
                assertThat(number(each, "time")).isZero();
                children(each, "failure")
                        .forEach(failure ->
                                assertThat(failure.getAttribute("message")).isNotEmpty());
            }
            cases.addAll(own);
        }
        return cases;
    }

    private static int number(Element element, String attribute) {
        return Integer.parseInt(element.getAttribute(attribute));
    }

    private static List<Element> children(Element parent, String name) {
        NodeList nodes = parent.getChildNodes();
        List<Element> result = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                assertThat(element.getTagName()).isEqualTo(name);
                result.add(element);
            }
        }
        return result;
    }
}
