<?xml version="1.0" encoding="UTF-8"?>
<!-- An order as the CRM reads it: head, parties, lines; the account by the ERP's customer number. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:xd="urn:crossdock:xslt" xd:from="order/v1" xd:root="order">
  <xsl:output method="xml" indent="yes"/>

  <xsl:template match="/order">
    <SalesOrder number="{number}" currency="{currency}">
      <OrderDate><xsl:value-of select="ordered_on"/></OrderDate>
      <xsl:if test="requested_delivery_on">
        <WantedBy><xsl:value-of select="requested_delivery_on"/></WantedBy>
      </xsl:if>
      <Account number="{xd:lookup('partners', buyer/id, 'erp_customer')}">
        <xsl:value-of select="xd:lookup('partners', buyer/id, 'name')"/>
      </Account>
      <xsl:apply-templates select="buyer | ship_to"/>
      <Lines count="{count(lines)}">
        <xsl:apply-templates select="lines"/>
      </Lines>
      <xsl:if test="total">
        <Total><xsl:value-of select="total"/></Total>
      </xsl:if>
    </SalesOrder>
  </xsl:template>

  <xsl:template match="buyer">
    <Buyer><xsl:call-template name="party"/></Buyer>
  </xsl:template>

  <xsl:template match="ship_to">
    <ShipTo><xsl:call-template name="party"/></ShipTo>
  </xsl:template>

  <xsl:template name="party">
    <xsl:if test="id"><xsl:attribute name="id"><xsl:value-of select="id"/></xsl:attribute></xsl:if>
    <xsl:if test="name"><Name><xsl:value-of select="name"/></Name></xsl:if>
    <xsl:if test="address">
      <Address>
        <xsl:for-each select="address/street"><Street><xsl:value-of select="."/></Street></xsl:for-each>
        <City><xsl:value-of select="address/city"/></City>
        <Region><xsl:value-of select="address/region"/></Region>
        <PostalCode><xsl:value-of select="address/postal_code"/></PostalCode>
      </Address>
    </xsl:if>
    <xsl:if test="contact/email"><Email><xsl:value-of select="contact/email"/></Email></xsl:if>
  </xsl:template>

  <xsl:template match="lines">
    <Line number="{number}">
      <xsl:if test="sku"><Item><xsl:value-of select="sku"/></Item></xsl:if>
      <xsl:if test="gtin"><Gtin><xsl:value-of select="gtin"/></Gtin></xsl:if>
      <xsl:if test="description"><Text><xsl:value-of select="description"/></Text></xsl:if>
      <Quantity unit="{unit}"><xsl:value-of select="quantity"/></Quantity>
      <xsl:if test="unit_price">
        <Price>
          <xsl:if test="price_base_quantity"><xsl:attribute name="per"><xsl:value-of select="price_base_quantity"/></xsl:attribute></xsl:if>
          <xsl:value-of select="unit_price"/>
        </Price>
      </xsl:if>
    </Line>
  </xsl:template>
</xsl:stylesheet>
